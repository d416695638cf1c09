import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';

/** A service account to be made. */
export class CreateServiceAccountDto {
  /** What people call it: the machine or program it is for. */
  @IsString()
  @Length(1, 255)
  name: string;
}

/** What changes of a service account; the rest stays as it is. */
export class ServiceAccountPatchDto {
  @IsOptional()
  @IsString()
  @Length(1, 255)
  name?: string;

  /** Whether its keys are let in. */
  @IsOptional()
  @IsBoolean()
  is_active?: boolean;
}

/** A machine's account. It has API keys and no way to sign in. */
export class ServiceAccountDto {
  id: string;
  name: string;
  is_active: boolean;
  /** Also the ETag. */
  version: number;
  created_at: string;
  updated_at: string;
}
