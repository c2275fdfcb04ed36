/** Where the viewer's own choice is kept; without one the system's holds. */
export const themeKey = "theme";

/**
 * Sets the theme before anything is painted. It is the same on every page, so that the content security policy can name it by its hash;
 * what it decides must be what `use-theme.ts` decides.
 */
export const themeScript = `(()=>{let t=null;try{t=localStorage.getItem(${JSON.stringify(themeKey)})}catch{}const d=t==="dark"||(t!=="light"&&matchMedia("(prefers-color-scheme: dark)").matches);document.documentElement.classList.toggle("dark",d)})()`;
