import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  Equals,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import type { PasskeyDeviceType } from '../accounts.js';
import { TokenDelivery } from './token-delivery.dto.js';
import { Untouched } from './untouched.decorator.js';

// What browsers and authenticators exchange keeps the names of the standard (WebAuthn Level 3 §5.1.8 to 5.1.10).

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const notBase64url = { message: 'has to be base64url without padding' };

/** Where a credential is attached to the browser. */
const attachments = ['platform', 'cross-platform'] as const;
type Attachment = (typeof attachments)[number];

/** What an authenticator says about a new credential. */
export class AttestationDto {
  @Length(1, 8_192)
  @Matches(BASE64URL, notBase64url)
  clientDataJSON: string;

  @Length(1, 65_536)
  @Matches(BASE64URL, notBase64url)
  attestationObject: string;

  /** Taken from `attestationObject`, which is what is verified; accepted because browsers send it. */
  @IsOptional()
  @Length(1, 8_192)
  @Matches(BASE64URL, notBase64url)
  authenticatorData?: string;

  /** How a browser may reach the authenticator. */
  @IsOptional()
  @ArrayMaxSize(10)
  @Length(1, 32, { each: true })
  @Matches(/^[a-z-]+$/, { each: true })
  transports?: string[];

  /** As `authenticatorData`. */
  @IsOptional()
  @Length(1, 8_192)
  @Matches(BASE64URL, notBase64url)
  publicKey?: string;

  /** As `authenticatorData`. */
  @IsOptional()
  @IsInt()
  publicKeyAlgorithm?: number;
}

/** What an authenticator signed. */
export class AssertionDto {
  @Length(1, 8_192)
  @Matches(BASE64URL, notBase64url)
  clientDataJSON: string;

  @Length(1, 8_192)
  @Matches(BASE64URL, notBase64url)
  authenticatorData: string;

  @Length(1, 8_192)
  @Matches(BASE64URL, notBase64url)
  signature: string;

  /** Whose credential it is, as the authenticator remembers it. */
  @IsOptional()
  @Length(0, 128)
  @Matches(BASE64URL, notBase64url)
  userHandle?: string;
}

/** What all credentials have in common. */
class CredentialDto {
  @Length(1, 2_048)
  @Matches(BASE64URL, notBase64url)
  id: string;

  @Length(1, 2_048)
  @Matches(BASE64URL, notBase64url)
  rawId: string;

  @Equals('public-key')
  type: 'public-key';

  @IsOptional()
  @IsIn(attachments)
  authenticatorAttachment?: Attachment;

  /** Of no consequence here. */
  @Untouched()
  @IsObject()
  clientExtensionResults: Record<string, unknown>;
}

/** A credential that was just made: the `toJSON()` of what `navigator.credentials.create()` gives. */
export class NewCredentialDto extends CredentialDto {
  @Type(() => AttestationDto)
  @ValidateNested()
  @IsObject()
  response: AttestationDto;
}

/** A credential that was just used: the `toJSON()` of what `navigator.credentials.get()` gives. */
export class UsedCredentialDto extends CredentialDto {
  @Type(() => AssertionDto)
  @ValidateNested()
  @IsObject()
  response: AssertionDto;
}

/** A passkey to be kept. */
export class RegisterPasskeyDto {
  @Type(() => NewCredentialDto)
  @ValidateNested()
  @IsObject()
  credential: NewCredentialDto;

  /** What the person calls it. */
  @IsOptional()
  @Length(1, 255)
  name?: string;
}

/** A sign-in with a passkey. */
export class PasskeyLoginDto extends TokenDelivery {
  @Type(() => UsedCredentialDto)
  @ValidateNested()
  @IsObject()
  credential: UsedCredentialDto;
}

/** A passkey's name. */
export class RenamePasskeyDto {
  /** What the person calls it. */
  @Length(1, 255)
  name: string;
}

/** A passkey of the caller. */
export class PasskeyDto {
  id: string;
  name: string;
  /** Whether it can leave the device it was made on. */
  device_type: PasskeyDeviceType;
  /** Whether it was copied to where it survives the device, when it was used last. */
  backed_up: boolean;
  /** The model of the authenticator; null when it does not say. */
  aaguid: string | null;
  last_used_at: string | null;
  /** When it was refused for good, because somebody seems to have copied it; null while it is good. */
  revoked_at: string | null;
  created_at: string;
}

/** A credential as it is named to a browser. */
export class CredentialDescriptorDto {
  id: string;
  type: string;
  transports?: string[];
}

/** The platform as an authenticator knows it. */
export class RelyingPartyDto {
  id?: string;
  name: string;
}

/** A person as an authenticator knows them. */
export class CredentialOwnerDto {
  id: string;
  name: string;
  displayName: string;
}

/** A kind of key that is accepted, by its COSE number. */
export class CredentialParametersDto {
  alg: number;
  type: string;
}

/** Which authenticators come into question. */
export class AuthenticatorSelectionDto {
  authenticatorAttachment?: string;
  residentKey?: string;
  requireResidentKey?: boolean;
  userVerification?: string;
}

/** What `PublicKeyCredential.parseCreationOptionsFromJSON()` takes. The challenge is good once, for five minutes. */
export class PasskeyCreationOptionsDto {
  challenge: string;
  rp: RelyingPartyDto;
  user: CredentialOwnerDto;
  pubKeyCredParams: CredentialParametersDto[];
  timeout?: number;
  excludeCredentials?: CredentialDescriptorDto[];
  authenticatorSelection?: AuthenticatorSelectionDto;
  attestation?: string;
  hints?: string[];
  extensions?: object;
}

/** What `PublicKeyCredential.parseRequestOptionsFromJSON()` takes. The challenge is good once, for five minutes. */
export class PasskeyRequestOptionsDto {
  challenge: string;
  rpId?: string;
  timeout?: number;
  allowCredentials?: CredentialDescriptorDto[];
  userVerification?: string;
  hints?: string[];
  extensions?: object;
}
