/** Repeats a question to the server while the page is looked at. */

/** Ask now, then `everyMs` after each answer; again at once when the page is shown. Returns how to stop. */
export function poll(ask: () => Promise<void>, everyMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  let isAsking = false;
  const again = async (): Promise<void> => {
    clearTimeout(timer);
    if (isAsking) return;
    isAsking = true;
    try {
      if (document.visibilityState === 'visible') await ask();
    } finally {
      isAsking = false;
      if (!isStopped) timer = setTimeout(() => void again(), everyMs);
    }
  };
  const onShown = (): void => {
    if (document.visibilityState === 'visible' && !isStopped) void again();
  };
  document.addEventListener('visibilitychange', onShown);
  void again();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onShown);
  };
}
