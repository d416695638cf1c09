import { AuthProvider } from '@app/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A person's account at a provider, with which they may sign in here. */
@Entity('oauth_identities')
export class OauthIdentity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  user_id: string;

  @Column('varchar', { length: 20 })
  provider: Exclude<AuthProvider, 'local'>;

  /** The provider's own id of the person (`sub`): it never changes hands, an address may. */
  @Column('varchar', { length: 255 })
  subject: string;

  /** The address the provider gave when it was last used. */
  @Column('varchar', { length: 254, nullable: true })
  email: string | null;

  @Column('timestamptz', { nullable: true })
  last_used_at: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;
}
