import '@digdir/designsystemet-css/theme.css';
import './style/design-system.css';
import './style/tokens.css';
import './style/frame.css';
import './style/parts.css';
import './style/pages.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/api.ts';
import { router } from './app/router.tsx';
import { applyTheme, followSystem } from './theme.ts';
import { currentLanguage } from './words/words.ts';

document.documentElement.lang = currentLanguage();
applyTheme();
followSystem();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
