import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** One thing that a synchronisation pulled from a provider. */
@Entity('integration_items')
export class IntegrationItem {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  integration_id: string;

  /** What the provider calls it: repository, page, customer. */
  @Column('varchar', { length: 50 })
  kind: string;

  @Column('varchar', { length: 255 })
  external_id: string;

  @Column('jsonb')
  data: Record<string, unknown>;

  /** SHA-256 of the canonical JSON: tells a changed item from one that was only seen again. */
  @Column('varchar', { length: 64 })
  data_hash: string;

  @Column('timestamptz', { nullable: true })
  external_updated_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
