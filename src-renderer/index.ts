/** The page: the application in its element. */
import { mount } from 'svelte'
import App from './App.svelte'
import 'layerchart/core.css'
import './styles/theme.css'
import './styles/base.css'
import './styles/parts.css'

mount(App, { target: document.getElementById('app')! })
