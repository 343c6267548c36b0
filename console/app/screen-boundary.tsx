import { Component, type ReactNode } from 'react';
import { Broken } from '../look/broken.tsx';

/** A screen that fails, or cannot be loaded after an update of the server, leaves the frame standing. */
// React has no hook that catches: this is the one class of the house.
export class ScreenBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    return this.state.error === null ? this.props.children : <Broken />;
  }
}
