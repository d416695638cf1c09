import type { TriggerType } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** One version of a workflow, never changed: every run pins the one it started with. */
@Entity('workflow_versions')
export class WorkflowVersion {
  @PrimaryColumn('uuid')
  workflow_id: string;

  @PrimaryColumn('integer')
  version: number;

  @Column('varchar', { length: 255 })
  name: string;

  @Column('text')
  description: string;

  @Column('varchar', { length: 20 })
  trigger_type: TriggerType;

  @Column('jsonb')
  steps: unknown[];

  @Column('jsonb')
  config: Record<string, unknown>;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;
}
