import {
  ArrayContains,
  ArrayUnique,
  IsBoolean,
  IsEmail,
  IsEnum,
  IsIn,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { UserKind, UserRole } from '../accounts.js';
import { Given } from './given.decorator.js';
import { JsonObjectOf } from './json-size.decorator.js';
import { PageQuery } from './paging.dto.js';
import { Truth } from './truth.decorator.js';
import { Untouched } from './untouched.decorator.js';
import { UserDto } from './user.dto.js';

/** What changes of one's own profile; the rest stays as it is. */
export class ProfilePatchDto {
  /** 1 to 255 characters. */
  @Given()
  @IsString()
  @Length(1, 255)
  name?: string;

  /** Where a picture is: an https address of at most 2,048 characters, or null for none. */
  @Given()
  @ValidateIf(({ avatar }: ProfilePatchDto) => avatar !== null)
  @IsUrl({ protocols: ['https'], require_protocol: true })
  @MaxLength(2_048)
  avatar?: string | null;

  /** Replaces the whole of it: a JSON object of at most 16 KiB. */
  @Given()
  @JsonObjectOf(16_384)
  @Untouched()
  metadata?: Record<string, unknown>;
}

/** One's new address. */
export class EmailChangeDto {
  @IsEmail()
  @MaxLength(254)
  email: string;
}

/** When an account is going to be erased. */
export class AccountDeletionDto {
  /** What happens until then, and how to change one's mind. */
  message: string;
  deletion_due_at: string;
}

/** Which accounts are wanted. */
export class UserListQuery extends PageQuery {
  /** How the address or the name begins, in whatever case. */
  @IsOptional()
  @IsString()
  @Length(1, 254)
  q?: string;

  @IsOptional()
  @Truth()
  @IsBoolean()
  is_active?: boolean;

  @IsOptional()
  @IsEnum(UserRole)
  role?: UserRole;

  /** People, or machines. */
  @IsEnum(UserKind)
  kind: UserKind = UserKind.Person;
}

/** What an administrator changes of an account; the rest stays as it is. */
export class UserPatchDto {
  /** 1 to 255 characters. */
  @Given()
  @IsString()
  @Length(1, 255)
  name?: string;

  /** Everybody has `user`. */
  @Given()
  @ArrayUnique()
  @ArrayContains([UserRole.User])
  @IsIn(Object.values(UserRole), { each: true })
  roles?: UserRole[];

  /** False ends the account's sessions, keys, triggers and runs. True lets it act again; ended runs stay ended. */
  @Given()
  @IsBoolean()
  is_active?: boolean;
}

/** An account as administrators see it. */
export class ManagedUserDto extends UserDto {
  kind: UserKind;
  /** Whose machine it is; null for people. */
  owner_id: string | null;
}
