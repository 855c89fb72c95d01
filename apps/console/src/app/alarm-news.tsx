// Says new grave alarms aloud to who cannot see the page change, and has lists asked anew.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useAlarmWords } from '../alarm-words.ts';
import { useLive } from '../api/live.ts';
import { useWords } from '../words/words.ts';

// Lists that an alarm changes.
const TOUCHED: readonly unknown[] = ['/alarms', '/overview'];

export function AlarmNews() {
  const t = useWords();
  const { alarms } = useLive();
  const client = useQueryClient();
  const { alarmText } = useAlarmWords();
  const newest = alarms.at(-1);

  useEffect(() => {
    if (newest === undefined) return;
    void client.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(queryKey[0]) });
  }, [client, newest]);

  const grave = newest?.severity === 'critical' || newest?.severity === 'major';
  return (
    <div className="unseen" aria-live="assertive" aria-atomic="true">
      {newest?.state === 'raised' && grave && t('alarm.news', { what: alarmText(newest) })}
    </div>
  );
}
