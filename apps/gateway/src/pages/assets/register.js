/** /account/register: a new account, with the invitation of the mail if there is one. */
import { signIn, takeToken } from './api.js';
import { byId, onSubmit, tell } from './form.js';

const invitation = takeToken();
/** @type {HTMLFormElement} */
const form = byId('register');

onSubmit(form, async ({ name, email, password }) => {
  await signIn('/auth/register', { name, email, password, ...(invitation && { invitation }) });
  form.hidden = true;
  byId('next').hidden = false;
  tell('Welcome: your account is there, and you are signed in.');
});
