import { RevocationKind } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/**
 * Says that access tokens which are still within their time are no longer good. Every gateway reads it as a feed, in
 * plain SQL, by the column transaction_id (xid8, a type TypeORM does not know).
 */
@Entity('revocations')
export class Revocation {
  @PrimaryColumn('uuid')
  id: string;

  @Column('varchar', { length: 20 })
  kind: RevocationKind;

  /** The session, user or API key. */
  @Column('uuid')
  subject_id: string;

  /** Tokens of a user that were issued up to here are refused; a session or key is refused altogether. */
  @Column('timestamptz')
  revoked_at: Date;

  /** When the last token it is about has expired by itself. */
  @Column('timestamptz')
  expires_at: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;
}
