import { AuditActorKind, AuditOutcome } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** Who did what to whom, from where. The audit worker alone adds the chain. */
@Entity('audit_events')
export class AuditEvent {
  @PrimaryColumn('uuid')
  id: string;

  @Column('varchar', { length: 100 })
  action: string;

  @Column('varchar', { length: 20 })
  actor_kind: AuditActorKind;

  @Column('uuid', { nullable: true })
  actor_id: string | null;

  @Column('varchar', { length: 50, nullable: true })
  subject_type: string | null;

  @Column('uuid', { nullable: true })
  subject_id: string | null;

  @Column('varchar', { length: 20 })
  outcome: AuditOutcome;

  @Column('inet', { nullable: true })
  ip_address: string | null;

  @Column('varchar', { length: 512, nullable: true })
  user_agent: string | null;

  @Column('varchar', { length: 128, nullable: true })
  request_id: string | null;

  @Column('jsonb', { nullable: true })
  before: Record<string, unknown> | null;

  @Column('jsonb', { nullable: true })
  after: Record<string, unknown> | null;

  @Column('jsonb', { default: {} })
  details: Record<string, unknown>;

  @Column('bigint', { nullable: true, unique: true })
  chain_position: string | null;

  @Column('varchar', { length: 64, nullable: true })
  previous_hash: string | null;

  @Column('varchar', { length: 64, nullable: true })
  hash: string | null;

  /** When the person whom it is about was erased: from then on it holds ids alone. */
  @Column('timestamptz', { nullable: true })
  erased_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;
}
