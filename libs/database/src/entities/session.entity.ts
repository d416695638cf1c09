import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** One sign-in on one device. Only hashes of its tokens are stored. */
@Entity('sessions')
export class Session {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  /** SHA-256 of the newest access token. */
  @Column('varchar', { length: 64 })
  token_hash: string;

  /** SHA-256 of the one refresh token that is good. */
  @Column('varchar', { length: 64 })
  refresh_token_hash: string;

  /** SHA-256 of the one before it: a client that lost a race may still send it for a moment. */
  @Column('varchar', { length: 64, nullable: true })
  previous_refresh_token_hash: string | null;

  @Column('timestamptz')
  rotated_at: Date;

  @Column('timestamptz')
  expires_at: Date;

  @Column('inet', { nullable: true })
  ip_address: string | null;

  @Column('varchar', { length: 512, nullable: true })
  user_agent: string | null;

  @Column('timestamptz')
  last_used_at: Date;

  @Column('timestamptz', { nullable: true })
  revoked_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
