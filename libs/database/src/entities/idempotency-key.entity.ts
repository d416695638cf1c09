import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** What one Idempotency-Key was answered, for 24 hours. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  @PrimaryColumn('uuid')
  id: string;

  /** A user or an API key. */
  @Column('uuid')
  principal_id: string;

  @Column('varchar', { length: 10 })
  method: string;

  /** The route with its parameters unfilled. */
  @Column('varchar', { length: 255 })
  route: string;

  @Column('varchar', { length: 255 })
  key: string;

  /** SHA-256 of the canonical JSON of the body. */
  @Column('varchar', { length: 64 })
  request_hash: string;

  /** Null while the first request is under way. */
  @Column('smallint', { nullable: true })
  response_status: number | null;

  @Column('jsonb', { nullable: true })
  response_headers: Record<string, string> | null;

  @Column('jsonb', { nullable: true })
  response_body: unknown;

  /** The run that an `execute` started, in the same statement. */
  @Column('uuid', { nullable: true })
  run_id: string | null;

  @Column('timestamptz')
  expires_at: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
