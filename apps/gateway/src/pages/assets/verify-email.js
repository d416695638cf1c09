/** /account/verify-email: waits for a click, because programs that look through mails open links too. */
import { send, takeToken } from './api.js';
import { byId, onClick, tell } from './form.js';

const token = takeToken();

onClick('verify', async () => {
  await send('POST', '/auth/email/verify', { token });
  byId('verify').hidden = true;
  tell('Thank you: your address is confirmed.');
});

if (token === undefined) {
  byId('verify').hidden = true;
  tell('This link is not complete. Open it from the mail again.', 'bad');
}
