import { DisabledReason } from '@app/contracts';
import { letter, type Letter } from '../account/letter.js';

/** What an owner is told of a subscription. */
export interface DisabledSubscription {
  id: string;
  url: string;
  reason: DisabledReason;
}

/** The letter about a subscription that the platform has disabled. Of its URL it names the host: the rest may be a secret. */
export function subscriptionLetter(publicUrl: string, { id, url, reason }: DisabledSubscription): Letter {
  const place = new URL(publicUrl).host;
  const receiver = new URL(url).host;
  return letter({
    subject: `Events are no longer sent to ${receiver}`,
    paragraphs: [
      `Your event subscription at ${place} that sends to ${receiver} is disabled: ${WHY[reason]} What was waiting for it is ` +
        'not sent any more.',
      `When the receiver is there again, enable it with PATCH {"status": "active"}; what was not delivered can be sent again ` +
        'from its list of deliveries.',
      `${publicUrl}/api/v1/event-subscriptions/${id}`,
    ],
    footer: 'You get one such mail each time a subscription is disabled.',
  });
}

const WHY: Readonly<Record<DisabledReason, string>> = {
  [DisabledReason.Gone]: 'the receiver has answered 410 Gone.',
  [DisabledReason.Failures]: 'nothing could be delivered for three days.',
  [DisabledReason.Requested]: 'this was asked for.',
};
