// One monthly report, to read, to print, to take away.

import '../style/reports.css';
import { Button } from '@digdir/designsystemet-react';
import type { Document, Report } from '@rmh/contract/api';
import { addressOf } from '@rmh/contract/client';
import { Link, useParams } from '@tanstack/react-router';
import { useGet } from '../api/api.ts';
import { DocumentParts } from '../parts/document.tsx';
import { Answer, PageFrame } from '../parts/page.tsx';
import { SimulatedMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function ReportPage() {
  const t = useWords();
  const language = useLanguage();
  const { reportId = '' } = useParams({ strict: false });
  const path = `/reports/${reportId}`;
  const document = useGet<Document>(`${path}/document`, { language });
  const report = useGet<Report>(path);
  return (
    <PageFrame
      title={document.data?.title ?? t('page.reports')}
      aside={report.data?.simulated === true && <SimulatedMark />}
      tools={
        <>
          <Link to="/reports">{t('reports.all')}</Link>
          <a href={addressOf(`${path}/pdf`, { language })} download>
            PDF
          </a>
          <Button variant="secondary" onClick={() => window.print()}>
            {t('reports.print')}
          </Button>
        </>
      }
    >
      <Answer of={document}>{({ parts }) => <DocumentParts parts={parts} />}</Answer>
    </PageFrame>
  );
}
