// The frame around every page: where to go, who I am, what time it is, and whether the line holds.
import { SkipLink } from '@digdir/designsystemet-react';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useMe, useWrite } from '../api/api.ts';
import { closeLive, openLive } from '../api/live.ts';
import { Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';
import { AlarmNews } from './alarm-news.tsx';
import { LineBanner } from './line-banner.tsx';
import { Navigation } from './navigation.tsx';
import { Clock, Preferences } from './preferences.tsx';

export function Shell() {
  const t = useWords();
  const { me, error } = useMe();
  const [menuOpen, setMenuOpen] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useFocusOnNewPage(path);
  const mayLive = me?.verbs.some(({ verb }) => verb === 'vehicle.read') ?? false;

  useEffect(() => {
    if (mayLive) openLive();
    return closeLive;
  }, [mayLive]);
  useEffect(() => setMenuOpen(false), [path]);

  return (
    <div className="shell" data-size="sm" data-menu={menuOpen ? 'open' : 'closed'}>
      <SkipLink href="#main">{t('shell.skip')}</SkipLink>
      <header className="top">
        <button
          type="button"
          className="menu-button"
          aria-expanded={menuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!menuOpen)}
        >
          {t('shell.menu')}
        </button>
        <span className="product">
          <img src="/icon.svg" alt="" width="24" height="24" />
          {t('product.name')}
        </span>
        <Clock />
        <Preferences />
        {me !== undefined && <SignedIn name={me.user.name} />}
      </header>
      <Navigation me={me} />
      <main id="main" ref={main} tabIndex={-1}>
        {mayLive && <LineBanner />}
        {error !== null && me === undefined ? <SignedOut error={error} /> : <Outlet />}
      </main>
      <AlarmNews />
    </div>
  );
}

function SignedIn({ name }: { readonly name: string }) {
  const t = useWords();
  const signOut = useWrite([]);
  const leave = (): void => {
    // Whatever the answer: the page begins anew, and nothing of before stays in it.
    const onSettled = (): void => location.assign('/');
    signOut.mutate({ path: '/session', method: 'DELETE' }, { onSettled });
  };
  return (
    <span className="who">
      <span className="who-name">{name}</span>{' '}
      <button type="button" className="link" onClick={leave}>
        {t('shell.signOut')}
      </button>
    </span>
  );
}

function SignedOut({ error }: { readonly error: Error }) {
  const t = useWords();
  return (
    <div className="page signed-out">
      <h1>{t('signIn.title')}</h1>
      <Fault error={error} />
      <p>{t('signIn.how')}</p>
      <p>
        <a className="plain-button" href="/api/v1/sign-in">
          {t('signIn.button')}
        </a>
      </p>
    </div>
  );
}

/** A new page begins at its top, for a screen reader too; the first one is left alone. */
function useFocusOnNewPage(path: string): React.RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
