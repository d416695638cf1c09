import { OneTimeTokenPurpose } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A mailed link, a code or a ticket: good once, for one purpose, for a short time. */
@Entity('one_time_tokens')
export class OneTimeToken {
  @PrimaryColumn('uuid')
  id: string;

  /** Null where nobody is known yet: an invitation, a challenge before sign-in. */
  @Column('uuid', { nullable: true })
  user_id: string | null;

  @Column('varchar', { length: 30 })
  purpose: OneTimeTokenPurpose;

  /** SHA-256 of the token. */
  @Column('varchar', { length: 64, unique: true })
  token_hash: string;

  @Column('jsonb', { default: {} })
  payload: Record<string, unknown>;

  @Column('timestamptz')
  expires_at: Date;

  @Column('timestamptz', { nullable: true })
  used_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
