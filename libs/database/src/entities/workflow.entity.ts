import { TriggerType, WorkflowStatus } from '@app/contracts';
import { Column, CreateDateColumn, DeleteDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A workflow as its owner edits it. Each change makes a new, immutable {@link WorkflowVersion}. */
@Entity('workflows')
export class Workflow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 255 })
  name: string;

  @Column('text', { default: '' })
  description: string;

  @Column('varchar', { length: 20 })
  trigger_type: TriggerType;

  @Column('jsonb')
  steps: unknown[];

  @Column('jsonb', { default: {} })
  config: Record<string, unknown>;

  @Column('varchar', { length: 20, default: WorkflowStatus.Inactive })
  status: WorkflowStatus;

  /** Of the definition: grows by one with each change of it. */
  @Column('integer', { default: 1 })
  version: number;

  /** The ETag of the row: grows by one with each write, activating included. */
  @Column('integer', { default: 1 })
  revision: number;

  /** Retention class of its runs in days, from config.retention_days; 0 = for ever. */
  @Column('smallint', { default: 30 })
  retention: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;

  @DeleteDateColumn({ type: 'timestamptz' })
  deleted_at: Date | null;
}
