import { IntegrationStatus, IntegrationType } from '@app/contracts';
import { Column, CreateDateColumn, DeleteDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** An account at a provider. Nobody gets `credentials` back. */
@Entity('integrations')
export class Integration {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 20 })
  type: IntegrationType;

  @Column('varchar', { length: 255 })
  name: string;

  @Column('jsonb', { default: {} })
  config: Record<string, unknown>;

  /** Sealed by envelope for this row, owner and version of the credentials (libs/security, `sealCredentials`). */
  @Column('text', { nullable: true, select: false })
  credentials: string | null;

  /** Grows by one whenever the credentials are set: what was sealed for another version does not open. */
  @Column('integer', { default: 0 })
  credentials_version: number;

  @Column('varchar', { length: 20, default: IntegrationStatus.Inactive })
  status: IntegrationStatus;

  @Column('timestamptz', { nullable: true })
  last_sync_at: Date | null;

  /** The ETag of the row: grows by one with each write. */
  @Column('integer', { default: 1 })
  version: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;

  @DeleteDateColumn({ type: 'timestamptz' })
  deleted_at: Date | null;
}
