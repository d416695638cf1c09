import { AuthProvider, UserKind, UserRole } from '@app/contracts';
import { Column, CreateDateColumn, DeleteDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A person who may sign in, or a machine's account. Nobody outside the gateway reads `password`. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id: string;

  /** As the person wrote it; compared without regard to case. */
  @Column('varchar', { length: 254 })
  email: string;

  @Column('timestamptz', { nullable: true })
  email_verified_at: Date | null;

  @Column('varchar', { length: 255 })
  name: string;

  /** Argon2id in PHC format. Null for people who sign in with OAuth or a passkey only. */
  @Column('text', { nullable: true, select: false })
  password: string | null;

  @Column('text', { nullable: true })
  avatar: string | null;

  @Column('text', { array: true, default: '{user}' })
  roles: UserRole[];

  @Column('varchar', { length: 20, default: AuthProvider.Local })
  provider: AuthProvider;

  @Column('varchar', { length: 255, nullable: true })
  provider_id: string | null;

  @Column('varchar', { length: 20, default: UserKind.Person })
  kind: UserKind;

  /** Whose machine it is; null for people. */
  @Column('uuid', { nullable: true })
  owner_id: string | null;

  @Column('jsonb', { default: {} })
  metadata: Record<string, unknown>;

  @Column('boolean', { default: true })
  is_active: boolean;

  /** The ETag of the row: grows by one with each write. */
  @Column('integer', { default: 1 })
  version: number;

  /** When the account is erased, because the person asked for it; null otherwise. */
  @Column('timestamptz', { nullable: true })
  deletion_due_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;

  @DeleteDateColumn({ type: 'timestamptz' })
  deleted_at: Date | null;
}
