import {
  openCredentials,
  openFlow,
  openSecret,
  openSubscriptionSecret,
  sealCredentials,
  sealFlow,
  sealSecret,
  sealSubscriptionSecret,
  type CredentialsOwner,
  type FlowOwner,
  type KeyRing,
  type SecretOwner,
} from '@app/security';

/** A column whose values are encrypted under the key ring. `t` is its table in every piece of SQL. */
export interface EncryptedColumn {
  /** As people read it: `<table>.<column>`. */
  readonly name: string;
  readonly table: string;
  /** Ciphertext of a row; null where it has none. */
  readonly sealed: string;
  /** Puts `h.fresh` in its place. */
  readonly assignment: string;
  /** What the ciphertext belongs to, as a JSON object. */
  readonly owner: string;
  /** Opens a ciphertext. Throws AppError INTERNAL_ERROR when it is another row's, was changed, or its key is gone. */
  open(ring: KeyRing, owner: unknown, sealed: string): void;
  /** The same value, under the ring's current key, with whatever other key it has made anew. Throws as `open` does. */
  reseal(ring: KeyRing, owner: unknown, sealed: string): string;
}

interface Sealing<O, V> extends Pick<EncryptedColumn, 'name' | 'table' | 'sealed' | 'assignment' | 'owner'> {
  openWith: (ring: KeyRing, owner: O, sealed: string) => V;
  sealWith: (ring: KeyRing, owner: O, value: V) => string;
}

function column<O, V>({ openWith, sealWith, ...place }: Sealing<O, V>): EncryptedColumn {
  return {
    ...place,
    open: (ring, owner, sealed) => void openWith(ring, owner as O, sealed),
    reseal: (ring, owner, sealed) => sealWith(ring, owner as O, openWith(ring, owner as O, sealed)),
  };
}

function subscriptionSecret(name: 'secret' | 'previous_secret'): EncryptedColumn {
  return column<{ id: string }, string>({
    name: `event_subscriptions.${name}`,
    table: 'event_subscriptions',
    sealed: `t.${name}`,
    assignment: `${name} = h.fresh`,
    owner: `json_build_object('id', t.id)`,
    openWith: (ring, { id }, sealed) => openSubscriptionSecret(ring, id, sealed),
    sealWith: (ring, { id }, value) => sealSubscriptionSecret(ring, id, value),
  });
}

/**
 * Everything that is stored under the key ring. In this order: a subscription's secret may become its previous one
 * meanwhile, so that those are looked at after it.
 */
export const encryptedColumns: readonly EncryptedColumn[] = [
  column<CredentialsOwner, unknown>({
    name: 'integrations.credentials',
    table: 'integrations',
    sealed: 't.credentials',
    assignment: 'credentials = h.fresh',
    owner: `json_build_object('userId', t.user_id, 'integrationId', t.id, 'version', t.credentials_version)`,
    openWith: openCredentials,
    sealWith: (ring, owner, value) => sealCredentials(ring, owner, value as object),
  }),
  column<SecretOwner, string>({
    name: 'secrets.value',
    table: 'secrets',
    sealed: 't.value',
    assignment: 'value = h.fresh',
    owner: `json_build_object('userId', t.user_id, 'name', t.name)`,
    openWith: openSecret,
    sealWith: sealSecret,
  }),
  subscriptionSecret('secret'),
  subscriptionSecret('previous_secret'),
  // Of sign-ins at a provider that are under way. They are gone within minutes; nobody has to wait for that.
  column<FlowOwner, string>({
    name: 'one_time_tokens.payload',
    table: 'one_time_tokens',
    sealed: `(CASE t.purpose WHEN 'oauth_state' THEN t.payload->>'sealed' END)`,
    assignment: `payload = jsonb_set(t.payload, '{sealed}', to_jsonb(h.fresh))`,
    owner: `json_build_object('provider', t.payload->>'provider',
      'holder', coalesce(t.payload#>>'{intent,sessionId}', t.payload#>>'{intent,browserHash}'))`,
    openWith: openFlow,
    sealWith: sealFlow,
  }),
];
