import { SiteStatus } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** An origin whose owner may point the survey and captcha workers at it, once verified. */
@Entity('sites')
export class Site {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 255 })
  origin: string;

  /** To be served under /.well-known/biometrics-verification. */
  @Column('varchar', { length: 64 })
  verification_token: string;

  @Column('varchar', { length: 20, default: SiteStatus.Pending })
  status: SiteStatus;

  @Column('timestamptz', { nullable: true })
  verified_at: Date | null;

  @Column('timestamptz', { nullable: true })
  checked_at: Date | null;

  /** The ETag of the row: grows by one with each write. */
  @Column('integer', { default: 1 })
  version: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
