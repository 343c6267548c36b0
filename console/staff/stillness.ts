import { focusManager } from '@tanstack/react-query';
import { queryClient } from '../app/query-client.ts';

/**
 * While a token stands on the screen nothing is asked of the server: who renewed their own is signed out by it, and the
 * first refusal would put the sign-in in the place of the token.
 */
export function holdStill(): Promise<void> {
  focusManager.setFocused(false);
  return queryClient.cancelQueries();
}

export function goOn(): void {
  focusManager.setFocused(undefined);
}
