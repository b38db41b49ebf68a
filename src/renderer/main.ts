import ui from '@nuxt/ui/vue-plugin';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { z } from 'zod';
import App from './App.vue';
import { i18n } from './locales/i18n.ts';
import { router } from './router.ts';
import './style.css';

// zod compiles its parsers by `new Function`, which the page's policy forbids.
z.config({ jitless: true });

// The form with the most on it is fetched before it is asked for.
setTimeout(() => void import('./train/TrainPage.vue'), 2000);

createApp(App).use(createPinia()).use(router).use(i18n).use(ui).mount('#app');
