import { IsString, Length, Matches } from 'class-validator';

/** The new value of a secret. It can never be read back. */
export class SecretValueDto {
  /** 1 to 65,536 characters. */
  @IsString()
  @Length(1, 65_536)
  value: string;
}

/** A secret to be kept. */
export class CreateSecretDto extends SecretValueDto {
  /** What definitions call it: `secrets.<name>`; a name with a dash stands in back-quotes there. */
  @Matches(/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/, {
    message: 'must start with a letter or _ and hold at most 100 letters, digits, _ and -',
  })
  name: string;
}

/** A secret without its value. */
export class SecretDto {
  name: string;
  /** Also the ETag. */
  version: number;
  created_at: string;
  updated_at: string;
}
