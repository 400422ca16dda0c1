-- nothing
/* yet */
