/** How the parts of the library look and behave here; the variables they read stand in `theme.css`. */
import { createTheme } from '@mantine/core';

/** The theme. */
export const theme = createTheme({
  primaryShade: { light: 8, dark: 8 },
  respectReducedMotion: true,
  components: {
    // Its lock of the page's scrolling writes styles into the page, which the policy forbids.
    Modal: { defaultProps: { lockScroll: false, centered: true } },
    Drawer: { defaultProps: { lockScroll: false } },
    Badge: { defaultProps: { variant: 'light', tt: 'none', fw: 600 } },
  },
});
