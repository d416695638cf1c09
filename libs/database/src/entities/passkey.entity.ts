import { PasskeyDeviceType } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A WebAuthn credential (https://www.w3.org/TR/webauthn-3/). */
@Entity('passkeys')
export class Passkey {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 255 })
  name: string;

  /** As the authenticator gave it, base64url. */
  @Column('text', { unique: true })
  credential_id: string;

  /** COSE key. */
  @Column('bytea')
  public_key: Buffer;

  /** Grows with each use; one that goes back means a cloned authenticator. Synced passkeys report 0 for ever. */
  @Column('bigint', { default: 0 })
  counter: string;

  @Column('text', { array: true, default: '{}' })
  transports: string[];

  @Column('varchar', { length: 20 })
  device_type: PasskeyDeviceType;

  @Column('boolean', { default: false })
  backed_up: boolean;

  /** The model of the authenticator. */
  @Column('uuid', { nullable: true })
  aaguid: string | null;

  @Column('timestamptz', { nullable: true })
  last_used_at: Date | null;

  @Column('timestamptz', { nullable: true })
  revoked_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
