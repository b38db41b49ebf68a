/** The screens of the sidebar, in its order; `key` goes there after `g`. */
export const SCREENS = [
  { name: 'home', path: '/', icon: 'i-lucide-house', key: 'h' },
  { name: 'train', path: '/train', icon: 'i-lucide-sliders-horizontal', key: 't' },
  { name: 'queue', path: '/queue', icon: 'i-lucide-list-ordered', key: 'q' },
  { name: 'runs', path: '/runs', icon: 'i-lucide-table-2', key: 'r' },
  { name: 'compare', path: '/compare', icon: 'i-lucide-git-compare', key: 'c' },
  { name: 'attack-lab', path: '/attack-lab', icon: 'i-lucide-flask-conical', key: 'a' },
  { name: 'results', path: '/results', icon: 'i-lucide-chart-no-axes-column', key: 'e' },
  { name: 'datasets', path: '/datasets', icon: 'i-lucide-images', key: 'd' },
  { name: 'models', path: '/models', icon: 'i-lucide-box', key: 'm' },
  { name: 'settings', path: '/settings', icon: 'i-lucide-settings', key: 's' },
] as const;
