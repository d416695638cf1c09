/**
 * Functions that run inside a page of ours, handed to `page.evaluate`. Each stands alone: only its text gets there.
 * They do what the page's own scripts never would.
 */

interface Account {
  email: string;
  password: string;
}

interface StepUp extends Account {
  /** The passkey's credential. */
  id: string;
  userVerification: 'discouraged' | 'required';
}

/** As much of the browser as is used here. */
declare const SimpleWebAuthnBrowser: {
  startRegistration(options: { optionsJSON: object }): Promise<object>;
  startAuthentication(options: { optionsJSON: object }): Promise<object>;
};
declare const navigator: { credentials: { get(options: object): Promise<unknown> } };

/** Adds a passkey that is not discoverable, so that its authenticator does not insist on knowing its owner. */
export async function addUnprotectedPasskey(account: Account): Promise<string> {
  const post = async (path: string, body: object, token?: string): Promise<ReturnType<typeof JSON.parse>> => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    return (await fetch(`/api/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const { access_token: token } = (await post('login', account)).tokens;
  const options = await post('passkeys/register/options', {}, token);
  const authenticatorSelection = { residentKey: 'discouraged', userVerification: 'required' };
  const optionsJSON = { ...options, authenticatorSelection };
  const credential = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON });
  await post('passkeys/register/verify', { credential }, token);
  return (credential as { id: string }).id;
}

/** Steps up with that passkey, asking it for as much verification as is said here; returns the status. */
export async function stepUpAsking({ id, userVerification, ...account }: StepUp): Promise<number> {
  const post = (path: string, body: object, token?: string): Promise<Response> => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    return fetch(`/api/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  const signedIn = (await (await post('login', account)).json()) as { tokens: { access_token: string } };
  const options = (await (await post('passkeys/login/options', {})).json()) as object;
  const allowCredentials = [{ id, type: 'public-key' }];
  const optionsJSON = { ...options, allowCredentials, userVerification };
  const passkey = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON });
  return (await post('step-up', { passkey }, signedIn.tokens.access_token)).status;
}

/** What the browser says to a page that wants a passkey of this domain: the name of its error, or `shown`. */
export async function askForPasskeyOf(rpId: string): Promise<string> {
  try {
    await navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId } });
    return 'shown';
  } catch (error) {
    return (error as Error).name;
  }
}

/** Has a passkey of `localhost` sign a challenge, whoever gave it. */
export function answerChallenge(challenge: string): Promise<object> {
  const optionsJSON = { challenge, rpId: 'localhost', userVerification: 'required' };
  return SimpleWebAuthnBrowser.startAuthentication({ optionsJSON });
}
