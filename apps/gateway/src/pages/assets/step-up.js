/** Asking people to prove again who they are, when the API wants that before a sensitive action. */
import { call, Problem, send } from './api.js';
import { byId } from './form.js';

/** @returns {Promise<object>} what a passkey signed */
export async function showPasskey() {
  const optionsJSON = await send('POST', '/auth/passkeys/login/options', {});
  return SimpleWebAuthnBrowser.startAuthentication({ optionsJSON });
}

/**
 * Does something sensitive, after a proof when one is asked for.
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function sensitive(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'STEP_UP_REQUIRED') throw error;
    await prove(error.methods);
    return action();
  }
}

/** @param {string[]} methods */
async function prove(methods) {
  if (methods.includes('passkey')) {
    await call('POST', '/auth/step-up', { passkey: await showPasskey() });
  } else if (methods.includes('password')) {
    await call('POST', '/auth/step-up', { password: await askPassword() });
  } else {
    throw new Error(`Sign out, and in again with ${methods.join(' or ')}: then you can do this.`);
  }
}

/** @returns {Promise<string>} */
function askPassword() {
  /** @type {HTMLDialogElement} */
  const dialog = byId('step-up');
  /** @type {HTMLInputElement} */
  const field = byId('step-up-password');
  field.value = '';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve, reject) => {
    const closed = () => {
      const password = field.value;
      field.value = '';
      if (dialog.returnValue === 'prove') resolve(password);
      else reject(new Error('Nothing was changed.'));
    };
    dialog.addEventListener('close', closed, { once: true });
  });
}
