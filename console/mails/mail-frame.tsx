import { useEffect, useRef, useState } from 'react';
import { readFrameMessage } from './frame-message.ts';
import classes from './mail-frame.module.css';

/** Until the frame has said how tall its mail is. */
const FIRST_PX = 480;

/**
 * A mail as a mail program shows it. SECURITY: mails bring styles of their own, which the console allows to nobody, and words that
 * buyers typed. So they are shown by a page without an origin, which can neither read the console nor load anything.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [isReady, setReady] = useState(false);
  const [heightPx, setHeightPx] = useState(FIRST_PX);

  useEffect(() => {
    const hear = ({ source, data }: MessageEvent<unknown>) => {
      if (source === null || source !== frame.current?.contentWindow) return;
      const said = readFrameMessage(data);
      if (said?.kind === 'ready') setReady(true);
      if (said?.kind === 'height') setHeightPx(said.px);
    };
    addEventListener('message', hear);
    return () => removeEventListener('message', hear);
  }, []);

  useEffect(() => {
    // A page without an origin can be addressed by no other than '*'; it is the frame's own window that is spoken to.
    if (isReady) frame.current?.contentWindow?.postMessage({ html }, '*');
  }, [isReady, html]);

  return (
    <iframe
      ref={frame}
      src="/mail-frame.html"
      sandbox="allow-scripts"
      title={title}
      className={classes.frame}
      style={{ height: heightPx }}
    />
  );
}
