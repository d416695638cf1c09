/** The passkeys and the sessions of the person who is signed in. */
import { call } from './api.js';
import { byId, make, run, tell } from './form.js';
import { sensitive } from './step-up.js';

/** Shows both lists as they are now. @param {() => Promise<void>} signedOut when the person ended this session */
export async function showLists(signedOut) {
  const [passkeys, sessions] = await Promise.all([
    call('GET', '/auth/passkeys?limit=100'),
    call('GET', '/auth/sessions?limit=100'),
  ]);
  const again = () => showLists(signedOut);
  const items = passkeys.data.map((/** @type {any} */ passkey) => passkeyItem(passkey, again));
  byId('passkeys').replaceChildren(...(items.length > 0 ? items : [make('li', {}, 'You have none yet.')]));
  byId('sessions').replaceChildren(
    ...sessions.data.map((/** @type {any} */ session) => sessionItem(session, session.current ? signedOut : again)),
  );
}

/** @param {any} passkey @param {() => Promise<void>} again */
function passkeyItem(passkey, again) {
  const id = `passkey-${passkey.id}`;
  const name = make('input', { id, value: passkey.name, maxLength: 255, required: true });
  const save = make('button', { type: 'submit' }, 'Rename');
  const remove = make('button', { type: 'button', ariaLabel: `Remove ${passkey.name}` }, 'Remove');
  const form = make(
    'form',
    { className: 'row' },
    make('label', { htmlFor: id, className: 'hidden-label' }, 'Name of the passkey'),
    name,
    save,
    remove,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(save, async () => {
      await call('PATCH', `/auth/passkeys/${passkey.id}`, { name: name.value });
      await again();
      tell('The passkey has its new name.');
    });
  });
  const removed = async () => {
    await sensitive(() => call('DELETE', `/auth/passkeys/${passkey.id}`));
    await again();
    tell('The passkey is removed. Delete it on the device too.');
  };
  remove.addEventListener('click', () => void run(remove, removed));
  return make('li', {}, form, make('p', { className: passkey.revoked_at ? 'bad' : 'quiet' }, stateOf(passkey)));
}

/** @param {any} passkey */
function stateOf(passkey) {
  if (passkey.revoked_at)
    return `Refused since ${time(passkey.revoked_at)}: somebody seems to have copied it. Remove it.`;
  const used = passkey.last_used_at ? `last used ${time(passkey.last_used_at)}` : 'not used yet';
  const kind = passkey.device_type === 'multiDevice' ? 'synced between your devices' : 'on one device';
  return `Added ${time(passkey.created_at)}, ${used}, ${kind}.`;
}

/** @param {any} session @param {() => Promise<void>} then */
function sessionItem(session, then) {
  const device = session.name ?? session.user_agent ?? 'Unknown device';
  const end = make('button', { type: 'button', ariaLabel: `End the session on ${device}` }, 'End');
  const ended = async () => {
    await call('DELETE', `/auth/sessions/${session.id}`);
    await then();
  };
  end.addEventListener('click', () => void run(end, ended));
  const when = `Since ${time(session.created_at)} with ${session.method}, from ${session.ip_address ?? 'an unknown address'}.`;
  return make(
    'li',
    {},
    make('div', {}, device, session.current ? make('strong', {}, ' (this one)') : ''),
    make('p', { className: 'quiet' }, when),
    end,
  );
}

/** @param {string} iso */
function time(iso) {
  return new Date(iso).toLocaleString();
}
