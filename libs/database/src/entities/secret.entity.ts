import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** What a definition refers to as `secrets.<name>`. Write-only. */
@Entity('secrets')
export class Secret {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 100 })
  name: string;

  /** Encrypted with the key ring. */
  @Column('text', { select: false })
  value: string;

  /** The ETag of the row: grows by one with each write. */
  @Column('integer', { default: 1 })
  version: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
