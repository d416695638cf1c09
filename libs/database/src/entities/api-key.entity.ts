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
  scopes: string[];

  @Column('timestamptz', { nullable: true })
  expires_at: Date | null;

  @Column('timestamptz', { nullable: true })
  last_used_at: Date | null;

  @Column('timestamptz', { nullable: true })
  revoked_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
