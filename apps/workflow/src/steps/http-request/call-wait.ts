import type { EgressRequest } from '@app/egress';
import type { AccountTurn, ProviderPauses } from '@app/providers';
import type { CallWait } from '../step-runner.js';
import type { OutgoingCall } from './outgoing-call.js';

/** Whether a call has to wait because its provider asked for it, or else takes its turn. */
export function enter(
  pauses: ProviderPauses,
  call: OutgoingCall,
): CallWait | undefined | Promise<CallWait | undefined> {
  const paused = pausedFor(pauses, call);
  return paused !== undefined || call.turn === undefined ? paused : taken(call.turn, call);
}

async function taken(turn: AccountTurn, { account }: OutgoingCall): Promise<CallWait | undefined> {
  const wait = await turn.take();
  return wait === undefined ? undefined : { ...wait, provider: account.origin };
}

/** Whether a call that was let in has to wait after all. */
export function mustWait(pauses: ProviderPauses, call: OutgoingCall): CallWait | undefined {
  const { turn, account } = call;
  if (turn?.isMissed === true) return { ...turn.anotherTurn, provider: account.origin };
  return pausedFor(pauses, call);
}

/** What is asked before a call leaves, and before a redirect makes another one of it. */
export function turnOf({ turn, account }: OutgoingCall): Pick<EgressRequest, 'beforeRedirect'> {
  if (turn === undefined) return {};
  return { beforeRedirect: async (url, signal) => void (url.origin === account.origin && (await turn.again(signal))) };
}

function pausedFor(pauses: ProviderPauses, { account }: OutgoingCall): CallWait | undefined {
  const ms = pauses.waitMs(account);
  return ms === 0 ? undefined : { ms, provider: account.origin };
}
