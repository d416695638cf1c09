import { ProofMethod } from '@app/contracts';
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

  /** What the person calls the device; null until they name it. */
  @Column('varchar', { length: 255, nullable: true })
  name: string | null;

  /** How they signed in. */
  @Column('varchar', { length: 20 })
  method: ProofMethod;

  /** When they last proved who they are in this session, and how: sensitive actions want a recent proof. */
  @Column('timestamptz')
  proved_at: Date;

  @Column('varchar', { length: 20 })
  proved_by: ProofMethod;

  @Column('timestamptz')
  last_used_at: Date;

  @Column('timestamptz', { nullable: true })
  revoked_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
