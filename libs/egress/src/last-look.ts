import type { Dispatcher } from 'undici';
import { EgressError } from './egress.error.js';

type Handler = Dispatcher.DispatchHandler;

/**
 * Asks once more when the connection stands and nothing has been written on it yet, and gives the request up when the
 * answer is no. Connecting takes a while; whoever makes the call may have lost the right to it meanwhile.
 * @param leaves told when the answer is yes: from then on bytes may be sent, and before it certainly none were
 */
export function lastLook(mayLeave: () => boolean, leaves: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        handler.onRequestStart?.(controller, context);
        if (mayLeave()) leaves();
        else controller.abort(new EgressError('HTTP_UNREACHABLE', 'It was no longer to be called.', false));
      },
      onResponseStart: (...told: Parameters<NonNullable<Handler['onResponseStart']>>) =>
        handler.onResponseStart?.(...told),
      onResponseData: (...told: Parameters<NonNullable<Handler['onResponseData']>>) =>
        handler.onResponseData?.(...told),
      onResponseEnd: (...told: Parameters<NonNullable<Handler['onResponseEnd']>>) => handler.onResponseEnd?.(...told),
      onResponseError: (...told: Parameters<NonNullable<Handler['onResponseError']>>) =>
        handler.onResponseError?.(...told),
    });
}
