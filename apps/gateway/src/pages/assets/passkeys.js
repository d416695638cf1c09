/** /passkeys: signing in, and the passkeys and sessions of whoever is. */
import { call, restore, signIn, signOut } from './api.js';
import { byId, onClick, onSubmit, run, tell } from './form.js';
import { showLists } from './passkeys-list.js';
import { sensitive, showPasskey } from './step-up.js';

async function showSignedIn() {
  const me = await call('GET', '/auth/me');
  byId('who').textContent = me.email;
  await showLists(showSignedOut);
  show(true);
}

async function showSignedOut() {
  show(false);
}

/** @param {boolean} isSignedIn */
function show(isSignedIn) {
  byId('signed-in').hidden = !isSignedIn;
  byId('signed-out').hidden = isSignedIn;
}

async function registerPasskey(/** @type {string} */ name) {
  const optionsJSON = await sensitive(() => call('POST', '/auth/passkeys/register/options', {}));
  const credential = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON });
  await call('POST', '/auth/passkeys/register/verify', { credential, ...(name && { name }) });
}

onClick('passkey-sign-in', async () => {
  await signIn('/auth/passkeys/login/verify', { credential: await showPasskey() });
  await showSignedIn();
});

/** @type {HTMLFormElement} */
const passwordForm = byId('password-sign-in');
onSubmit(passwordForm, async ({ email, password }) => {
  await signIn('/auth/login', { email, password });
  passwordForm.reset();
  await showSignedIn();
});

/** @type {HTMLFormElement} */
const newPasskey = byId('new-passkey');
onSubmit(newPasskey, async ({ name }) => {
  await registerPasskey(name ?? '');
  newPasskey.reset();
  await showLists(showSignedOut);
  tell('The passkey is added: from now on it signs you in.');
});

onClick('sign-out', async () => {
  await signOut();
  await showSignedOut();
});

onClick('sign-out-everywhere', async () => {
  await call('DELETE', '/auth/sessions');
  await showSignedOut();
});

if (!SimpleWebAuthnBrowser.browserSupportsWebAuthn()) {
  for (const element of document.querySelectorAll('.needs-passkeys')) element.toggleAttribute('hidden', true);
  byId('no-passkeys').hidden = false;
}

await run(null, async () => {
  if (await restore()) await showSignedIn();
  else await showSignedOut();
});
byId('content').ariaBusy = 'false';
