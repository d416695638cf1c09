/** /account/reset-password: a new password, by the token of the mail. */
import { send, takeToken } from './api.js';
import { byId, onSubmit, tell } from './form.js';

const token = takeToken();
/** @type {HTMLFormElement} */
const form = byId('reset');

onSubmit(form, async ({ password }) => {
  await send('POST', '/auth/password/reset', { token, password });
  form.hidden = true;
  byId('next').hidden = false;
  tell('Your new password is set, and you are signed out everywhere.');
});

if (token === undefined) {
  form.hidden = true;
  tell('This link is not complete. Open it from the mail again.', 'bad');
}
