// Before the first paint, so that a dark screen does not flash white. The key is Mantine's own (console/app/theme.ts).
const kept = localStorage.getItem('mantine-color-scheme-value');
const isDark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
