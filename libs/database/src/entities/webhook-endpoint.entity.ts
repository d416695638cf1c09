import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** The address at which a workflow takes webhooks: /hooks/<token>. */
@Entity('webhook_endpoints')
export class WebhookEndpoint {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { unique: true })
  workflow_id: string;

  /** 256 random bits, base64url. Kept readable because its owner is shown the address. */
  @Column('varchar', { length: 64, unique: true })
  token: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
