import { createRouter, createWebHashHistory } from 'vue-router';
import HomePage from './home/HomePage.vue';

/** Addresses stand behind `#`, so that a reload works from a file, a custom scheme and a server. */
export const router = createRouter({
  history: createWebHashHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', name: 'home', component: HomePage },
    {
      path: '/first-run',
      name: 'first-run',
      component: () => import('./first-run/FirstRunPage.vue'),
    },
    { path: '/train', name: 'train', component: () => import('./train/TrainPage.vue') },
    { path: '/queue', name: 'queue', component: () => import('./queue/QueuePage.vue') },
    { path: '/runs', name: 'runs', component: () => import('./runs/RunsPage.vue') },
    { path: '/runs/:id', name: 'run', component: () => import('./runs/RunPage.vue'), props: true },
    { path: '/datasets', name: 'datasets', component: () => import('./datasets/DatasetsPage.vue') },
    {
      path: '/datasets/:name',
      name: 'dataset',
      component: () => import('./datasets/DatasetPage.vue'),
      props: true,
    },
    { path: '/models', name: 'models', component: () => import('./models/ModelsPage.vue') },
    {
      path: '/models/:name',
      name: 'model',
      component: () => import('./models/ModelPage.vue'),
      props: true,
    },
    { path: '/settings', name: 'settings', component: () => import('./settings/SettingsPage.vue') },
    { path: '/compare', name: 'compare', component: () => import('./compare/ComparePage.vue') },
    { path: '/results', name: 'results', component: () => import('./results/ResultsPage.vue') },
    {
      path: '/attack-lab',
      name: 'attack-lab',
      component: () => import('./attack-lab/AttackLabPage.vue'),
    },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('./shell/NotFoundPage.vue') },
  ],
});
