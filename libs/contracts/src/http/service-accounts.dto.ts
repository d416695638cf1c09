import { IsString, Length } from 'class-validator';

/** What a service account is called. */
export class RenameServiceAccountDto {
  /** What people call it: the machine or program it is for. */
  @IsString()
  @Length(1, 255)
  name: string;
}

/** A service account to be made. */
export class CreateServiceAccountDto extends RenameServiceAccountDto {}

/** A machine's account. It has API keys and no way to sign in. */
export class ServiceAccountDto {
  id: string;
  name: string;
  /** False when an administrator has switched it off: its keys are refused. */
  is_active: boolean;
  /** Also the ETag. */
  version: number;
  created_at: string;
  updated_at: string;
}
