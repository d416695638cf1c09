import { ContentStatus } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** Content as it was at one version. Never changed. */
@Entity('content_revisions')
export class ContentRevision {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  content_id: string;

  @Column('integer')
  version: number;

  @Column('varchar', { length: 50 })
  type: string;

  @Column('varchar', { length: 255 })
  title: string;

  @Column('text')
  body: string;

  @Column('jsonb')
  metadata: Record<string, unknown>;

  @Column('varchar', { length: 20 })
  status: ContentStatus;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;
}
