import { useNowMs } from '../api/clock.ts';
import { timeText } from '../format.ts';
import { setTheme, THEMES, type Theme, useTheme } from '../theme.ts';
import { LANGUAGES, type Language, setLanguage, useLanguage, useWords } from '../words/words.ts';

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { nb: 'Norsk', en: 'English' };

export function Preferences() {
  const t = useWords();
  const theme = useTheme();
  const language = useLanguage();
  return (
    <div className="preferences">
      <select
        aria-label={t('shell.theme')}
        value={theme}
        onChange={(event) => setTheme(event.target.value as Theme)}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {t(`theme.${one}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t('shell.language')}
        value={language}
        onChange={(event) => setLanguage(event.target.value as Language)}
      >
        {LANGUAGES.map((one) => (
          <option key={one} value={one} lang={one}>
            {LANGUAGE_NAMES[one]}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Clock() {
  const nowMs = useNowMs();
  const language = useLanguage();
  return (
    <time className="clock" dateTime={new Date(nowMs).toISOString()}>
      <span className="clock-day">{timeText(language, 'day', nowMs)}</span>{' '}
      {timeText(language, 'seconds', nowMs)}
    </time>
  );
}
