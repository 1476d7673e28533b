//! Hyperscan 5.4: literals without regard to case over the text as it is, in block mode. The lengths of literals are
//! known, so that it need not look for their starts, which would cost it two thirds of its speed.
#![allow(unsafe_code)] // it is a C library

use std::ffi::{c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr;

use super::Finder;
use crate::lines::{Form, Lines, Lowering, Place};
use crate::tally::Tally;

#[repr(C)]
struct Database {
    _opaque: [u8; 0],
}

#[repr(C)]
struct Memory {
    _opaque: [u8; 0],
}

#[repr(C)]
struct CompileError {
    message: *const c_char,
    expression: c_int,
}

type OnMatch = extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

const CASELESS: c_uint = 1;
const BLOCK: c_uint = 1;

#[link(name = "hs")]
unsafe extern "C" {
    fn hs_compile_lit_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        lens: *const usize,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut Database,
        error: *mut *mut CompileError,
    ) -> c_int;
    fn hs_free_database(database: *mut Database) -> c_int;
    fn hs_alloc_scratch(database: *const Database, scratch: *mut *mut Memory) -> c_int;
    fn hs_free_scratch(scratch: *mut Memory) -> c_int;
    fn hs_scan(
        database: *const Database,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut Memory,
        on_match: Option<OnMatch>,
        context: *mut c_void,
    ) -> c_int;
}

/// A database, and memory to scan with.
pub struct Hyperscan {
    database: *mut Database,
    scratch: *mut Memory,
    literals: Vec<Literal>,
    lowering: Lowering,
    places: Vec<Place>,
}

#[derive(Clone, Copy)]
struct Literal {
    len: usize,
    pattern: u32,
}

impl Hyperscan {
    pub fn new(literals: &[(String, u32)]) -> Self {
        let count = c_uint::try_from(literals.len()).expect("not so many literals");
        let expressions: Vec<*const c_char> = literals.iter().map(|(literal, _)| literal.as_ptr().cast()).collect();
        let lens: Vec<usize> = literals.iter().map(|(literal, _)| literal.len()).collect();
        let flags = vec![CASELESS; literals.len()];
        let ids: Vec<c_uint> = (0..count).collect();
        let (mut database, mut scratch, mut error) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: the arrays have `count` elements and outlive the call, the lengths are those of the texts, no platform
        // means this one, and the results are places to write to.
        let code = unsafe {
            hs_compile_lit_multi(
                expressions.as_ptr(),
                flags.as_ptr(),
                ids.as_ptr(),
                lens.as_ptr(),
                count,
                BLOCK,
                ptr::null(),
                &raw mut database,
                &raw mut error,
            )
        };
        assert!(code == 0 && !database.is_null(), "Hyperscan does not compile the literals: {code}");
        // SAFETY: the database has just been made; a null scratch asks for a new one.
        let code = unsafe { hs_alloc_scratch(database, &raw mut scratch) };
        assert!(code == 0 && !scratch.is_null(), "Hyperscan has no memory to scan with: {code}");
        let literals = literals.iter().map(|(literal, pattern)| Literal { len: literal.len(), pattern: *pattern });
        Hyperscan { database, scratch, literals: literals.collect(), lowering: Lowering::default(), places: Vec::new() }
    }
}

impl Drop for Hyperscan {
    fn drop(&mut self) {
        // SAFETY: both were made by `new`, belong to this value alone, and are used no more.
        unsafe {
            hs_free_scratch(self.scratch);
            hs_free_database(self.database);
        }
    }
}

struct Context<'l> {
    literals: &'l [Literal],
    lines: Lines<'l>,
}

extern "C" fn on_match(id: c_uint, _from: c_ulonglong, to: c_ulonglong, _flags: c_uint, context: *mut c_void) -> c_int {
    // SAFETY: it is the context that `find` passes, which nothing else uses while Hyperscan scans.
    let context = unsafe { &mut *context.cast::<Context<'_>>() };
    let literal = context.literals[id as usize];
    let end = usize::try_from(to).expect("a place in the text");
    context.lines.note(literal.pattern, end - literal.len, end);
    0
}

impl Finder for Hyperscan {
    fn find(&mut self, text: &str, tally: &mut Tally) {
        let lines = Lines::new(text, 0, Form::Raw(&mut self.lowering), &mut self.places, tally);
        let mut context = Context { literals: &self.literals, lines };
        let length = c_uint::try_from(text.len()).expect("less than 4 GB");
        // SAFETY: database and scratch belong together and to this value, which is borrowed mutably; the text has `length`
        // bytes; the context outlives the call and is of the type that `on_match` takes it for.
        let code = unsafe {
            hs_scan(
                self.database,
                text.as_ptr().cast(),
                length,
                0,
                self.scratch,
                Some(on_match),
                (&raw mut context).cast(),
            )
        };
        assert_eq!(code, 0, "Hyperscan failed");
        context.lines.finish();
    }
}
