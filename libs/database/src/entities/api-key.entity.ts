import type { Scope } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A long-lived key of a program. Shown once, stored as a hash. */
@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 255 })
  name: string;

  /** The first characters of the key, so that a person recognises it. */
  @Column('varchar', { length: 20 })
  prefix: string;

  /** SHA-256 of the whole key. */
  @Column('varchar', { length: 64, unique: true })
  key_hash: string;

  @Column('text', { array: true, default: '{}' })
  scopes: Scope[];

  @Column('timestamptz')
  expires_at: Date;

  @Column('timestamptz', { nullable: true })
  last_used_at: Date | null;

  @Column('timestamptz', { nullable: true })
  revoked_at: Date | null;

  /** The ETag of the row: grows by one with each change, not with each use. */
  @Column('integer', { default: 1 })
  version: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
