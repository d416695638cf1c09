/** Whether events are sent to a subscription's URL. */
export const SubscriptionStatus = { Active: 'active', Disabled: 'disabled' } as const;
export type SubscriptionStatus = (typeof SubscriptionStatus)[keyof typeof SubscriptionStatus];

/** Why a subscription is disabled. */
export const DisabledReason = {
  /** Its owner asked for it. */
  Requested: 'requested',
  /** The receiver answered 410 Gone: it wants no more. */
  Gone: 'gone',
  /** Nothing could be delivered for three days. */
  Failures: 'failures',
} as const;
export type DisabledReason = (typeof DisabledReason)[keyof typeof DisabledReason];

/** What became of an event for one subscription. */
export const DeliveryStatus = {
  /** It is still to be sent, for the first time or again. */
  Pending: 'pending',
  /** The receiver answered with 2xx. */
  Delivered: 'delivered',
  /** It is not sent any more, unless somebody asks for it. */
  Failed: 'failed',
} as const;
export type DeliveryStatus = (typeof DeliveryStatus)[keyof typeof DeliveryStatus];
