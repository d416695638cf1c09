import { ContentStatus } from '@app/contracts';
import { Column, CreateDateColumn, DeleteDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A piece of text with its state of publication. */
@Entity('content')
export class Content {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 50 })
  type: string;

  @Column('varchar', { length: 255 })
  title: string;

  @Column('text', { default: '' })
  body: string;

  @Column('jsonb', { default: {} })
  metadata: Record<string, unknown>;

  @Column('varchar', { length: 20, default: ContentStatus.Draft })
  status: ContentStatus;

  @Column('timestamptz', { nullable: true })
  published_at: Date | null;

  /** The ETag of the row: grows by one with each write. */
  @Column('integer', { default: 1 })
  version: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;

  /** The words of title and body, and the owner: made by PostgreSQL, for searches. */
  @Column({ type: 'tsvector', select: false, insert: false, update: false })
  search: string;

  /** Whether `deleted_at` is set: made by PostgreSQL, for lists. */
  @Column({ type: 'boolean', select: false, insert: false, update: false })
  is_deleted: boolean;

  @DeleteDateColumn({ type: 'timestamptz' })
  deleted_at: Date | null;
}
